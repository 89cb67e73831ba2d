import Testing

/// The binary, from outside, on a real broker and a real database. One test at a time: they share the servers, and some of them
/// take the servers away.
@Suite(.serialized) struct EndToEnd {}
