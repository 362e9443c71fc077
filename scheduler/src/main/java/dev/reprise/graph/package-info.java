/**
 * The graph: what a pipeline means, validated and immutable. Knows what depends on what; knows
 * nothing of keys, runs or engines.
 *
 * <p>Start with {@link dev.reprise.graph.TaskGraph}.
 */
@NullMarked
package dev.reprise.graph;

import org.jspecify.annotations.NullMarked;
