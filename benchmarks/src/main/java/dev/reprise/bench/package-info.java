/**
 * What Reprise costs, measured with JMH: keys, look-ups, commits, plans.
 *
 * <p>{@code java -cp "$(cat benchmarks/target/launcher/classpath)" org.openjdk.jmh.Main} runs them,
 * after {@code ./reprise} has built once; a name selects. Results with machine and versions go into
 * {@code benchmarks/README.md}.
 */
@NullMarked
package dev.reprise.bench;

import org.jspecify.annotations.NullMarked;
