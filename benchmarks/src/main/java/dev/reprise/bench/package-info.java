/**
 * What Reprise costs. Begin with {@link dev.reprise.bench.BenchCommand}, which measures it against
 * peers; classes with {@code @Benchmark} look at single parts, with JMH: {@code java -cp "$(cat
 * benchmarks/target/launcher/classpath)" org.openjdk.jmh.Main}, after {@code ./reprise} has built
 * once; a name selects.
 */
@NullMarked
package dev.reprise.bench;

import org.jspecify.annotations.NullMarked;
