/**
 * That the benchmarks measure what they say. Begin with {@link dev.reprise.bench.BenchCommandTest}.
 */
@NullMarked
package dev.reprise.bench;

import org.jspecify.annotations.NullMarked;
