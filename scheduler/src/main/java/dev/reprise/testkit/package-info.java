/**
 * A small JUnit kit with which users test their own pipelines: a driver with a home of its own for
 * each test, and counts of what was executed.
 *
 * <p>Start with {@link dev.reprise.testkit.PipelineTester}.
 */
@NullMarked
package dev.reprise.testkit;

import org.jspecify.annotations.NullMarked;
