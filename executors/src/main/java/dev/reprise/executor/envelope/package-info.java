/**
 * The byte form of what crosses the border to a worker and back: work chunks one way, answers the
 * other. No Java serialization, no class names of ours.
 *
 * <p>Start with {@link dev.reprise.executor.envelope.Envelope}.
 */
@NullMarked
package dev.reprise.executor.envelope;

import org.jspecify.annotations.NullMarked;
