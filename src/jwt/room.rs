//! A list that takes nothing from the heap as long as it is short: every token is read into some. In a page, where one token is looked
//! at now and then, that is not worth what the code of it weighs.

/// Room for as many as the array `A` has.
#[cfg(not(feature = "browser"))]
pub(super) type Few<A> = smallvec::SmallVec<A>;

/// An ordinary list of what the array `A` has.
#[cfg(feature = "browser")]
pub(super) type Few<A> = Vec<<A as IntoIterator>::Item>;
