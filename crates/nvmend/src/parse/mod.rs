//! Pure bytes → values, one format each. No I/O; no input makes one panic or take more memory than a small
//! multiple of its size.
