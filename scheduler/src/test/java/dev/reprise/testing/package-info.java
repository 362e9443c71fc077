/** Fakes and helpers that the scheduler's tests share; written by hand. */
@NullMarked
package dev.reprise.testing;

import org.jspecify.annotations.NullMarked;
