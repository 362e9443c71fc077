package dev.reprise.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Values given for a pipeline's parameters, as text, by name. */
public record Parameters(Map<String, String> values) {
  /** No values: every parameter has its default. */
  public static final Parameters NONE = new Parameters(Map.of());

  public Parameters {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** Returns the values, with another one. */
  public Parameters with(String name, String value) {
    Map<String, String> all = new LinkedHashMap<>(values);
    all.put(name, value);
    return new Parameters(all);
  }
}
