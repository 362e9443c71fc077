/**
 * What every executor must do, as tests that each one extends, and a fake executor for the tests of
 * those who use one.
 *
 * <p>Start with {@code TaskExecutorContract}.
 */
@NullMarked
package dev.reprise.executor.testing;

import org.jspecify.annotations.NullMarked;
