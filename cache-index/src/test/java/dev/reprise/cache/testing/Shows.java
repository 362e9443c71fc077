package dev.reprise.cache.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names what a test shows: behaviours of other systems, as in {@code @Shows("Flyte 19")}, and
 * faults that are got over, as in {@code @Shows("Fault 23")}. Such a test fails if the whole of it
 * is taken away, so half of one is not named.
 *
 * <p>The lines are in {@code behaviours.tsv} and {@code faults.tsv} of the benchmarks' tests. The
 * end of {@code mvn verify} fails if a line is named that is not there, and tells which lines no
 * test shows.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Shows {
  /** Lines such as {@code Flyte 19} or {@code Fault 23}. */
  String[] value();
}
