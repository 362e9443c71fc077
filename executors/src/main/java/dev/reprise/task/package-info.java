/**
 * What a user declares about a task: its function, its engine, its cache policy, its resources.
 *
 * <p>Start with {@link dev.reprise.task.Tasks}.
 */
@NullMarked
package dev.reprise.task;

import org.jspecify.annotations.NullMarked;
