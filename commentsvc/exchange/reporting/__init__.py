"""Reports to authorities: the Commission's templates, and statements of reasons for its database."""
