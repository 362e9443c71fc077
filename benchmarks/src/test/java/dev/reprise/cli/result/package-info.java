/** What needs DuckDB's driver on the class path, which the scheduler's own tests do not have. */
@NullMarked
package dev.reprise.cli.result;

import org.jspecify.annotations.NullMarked;
