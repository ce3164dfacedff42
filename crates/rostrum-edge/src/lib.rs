//! The edge role: the only public socket.
