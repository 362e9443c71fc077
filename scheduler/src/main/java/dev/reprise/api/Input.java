package dev.reprise.api;

import org.jspecify.annotations.Nullable;

/**
 * A typed handle on something that a step can take. It holds no value: it says where the value will
 * come from.
 *
 * @param <T> type of the value, or of each partition's value
 */
public sealed interface Input<T extends @Nullable Object> permits Value, Partitions {}
