/**
 * What users write against: pipelines, typed handles, and the driver that runs them.
 *
 * <p>Start with {@link dev.reprise.api.Pipeline}.
 */
@NullMarked
package dev.reprise.api;

import org.jspecify.annotations.NullMarked;
