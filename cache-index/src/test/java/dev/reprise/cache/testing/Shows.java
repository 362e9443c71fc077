package dev.reprise.cache.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the behaviours of other systems that a test shows, as in {@code @Shows("Flyte 19")}. Such a
 * test fails if the whole of the behaviour is taken away, so half of one is not named.
 *
 * <p>The lines are in {@code behaviours.tsv} of the benchmarks' tests. The end of {@code mvn
 * verify} fails if a line is named that is not there, and tells which lines no test shows.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Shows {
  /** Lines such as {@code Flyte 19}. */
  String[] value();
}
