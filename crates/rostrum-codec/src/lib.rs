//! Safe wrappers of native codecs and the sandboxed child that runs them.
