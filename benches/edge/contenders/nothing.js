// The floor: a Worker that passes every request to the origin as it is.

export default {
  fetch: (request) => fetch(request),
};
