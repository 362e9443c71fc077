package dev.reprise.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Values given for a pipeline's parameters, as text, by name.
 *
 * @param earlier values of a run that is resumed, in place of defaults; those that the pipeline has
 *     no parameter for count for nothing
 */
public record Parameters(Map<String, String> values, Map<String, String> earlier) {
  /** The name under which the time is given that a run is meant for. */
  public static final String SCHEDULED_TIME = "scheduled-time";

  /** No values: every parameter has its default. */
  public static final Parameters NONE = new Parameters(Map.of());

  public Parameters {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    earlier = Collections.unmodifiableMap(new LinkedHashMap<>(earlier));
  }

  /** Takes values that were given; every other parameter has its default. */
  public Parameters(Map<String, String> values) {
    this(values, Map.of());
  }

  /** Returns the values, with another one. */
  public Parameters with(String name, String value) {
    Map<String, String> all = new LinkedHashMap<>(values);
    all.put(name, value);
    return new Parameters(all, earlier);
  }

  /** Returns the values, with those of a run that is resumed in place of defaults. */
  public Parameters over(Map<String, String> ofEarlierRun) {
    return new Parameters(values, ofEarlierRun);
  }
}
