//! The two buffers between JavaScript and wasm, and the spelling of what is in them.
//!
//! The input is text, one line each: the request's id, its method, its URL, and then, only where the request needs them, further
//! headers as `name: value`. None of them can hold a line break. After an empty line comes its `Authorization` header: last, so
//! that nobody has to look for its end.
//!
//! The output's first line is the log line's own part (empty where nothing is logged). For a request that goes on to the
//! origin, the identity follows, a line for each header (empty: to be removed), and then a line for each other header that
//! is to be changed, `name: value` (empty: removed). For an exchange: where the refresh token is, `body` or `cookie`. For an answer: the status, a line for each
//! header, an empty line, the body.

use super::request::Request;

/// What `entry.ts` is to do with the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Kind {
    /// Forward the request with the identity.
    Forward = 0,
    /// Forward the request without an identity.
    ForwardPublic = 1,
    /// Answer.
    Answer = 2,
    /// Call [`exchange`](super::exchange), and do what it says.
    Exchange = 3,
    /// Forward the request without an identity, and call [`login_answer`](super::login_answer) with the response.
    Login = 4,
    /// Call [`explain_answer`](super::explain_answer) with the body.
    Explain = 5,
}

/// Room for a request with a token of the default limit; larger ones make it grow.
const ROOM: usize = 16 * 1024;

pub(super) struct Wire {
    input: Vec<u8>,
    output: Vec<u8>,
}

impl Wire {
    pub(super) fn new() -> Self {
        Self { input: vec![0; ROOM], output: Vec::with_capacity(ROOM) }
    }

    pub(super) fn room(&mut self, size: usize) -> *const u8 {
        if self.input.len() < size {
            self.input.resize(size, 0);
        }
        self.input.as_ptr()
    }

    pub(super) fn output(&self) -> *const u8 {
        self.output.as_ptr()
    }

    pub(super) fn exchange(
        &mut self,
        length: usize,
        decide: impl FnOnce(&Request<'_>, &mut Vec<u8>) -> Kind,
    ) -> u32 {
        self.output.clear();
        let text = self.input.get(..length).unwrap_or_default();
        let kind = decide(&Request::from_wire(text), &mut self.output);
        u32::try_from(self.output.len()).unwrap_or(0) << 3 | kind as u32
    }
}
