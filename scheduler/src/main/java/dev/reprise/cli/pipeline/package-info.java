/**
 * The commands that plan and run pipelines, and where they get them from.
 *
 * <p>Start with {@link dev.reprise.cli.pipeline.RunCommand}.
 */
@NullMarked
package dev.reprise.cli.pipeline;

import org.jspecify.annotations.NullMarked;
