package dev.reprise.api;

import dev.reprise.cache.base.Text;
import dev.reprise.graph.GraphBuilder;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Gives parameters the values that were given for them, converted to the type of the default. */
final class ParameterBinding {
  private final Parameters given;
  private final Map<String, String> bound = new LinkedHashMap<>();

  ParameterBinding(Parameters given) {
    this.given = given;
  }

  <T> T bind(String name, T defaultValue) {
    GraphBuilder.checkName("a parameter", name);
    String text = given.values().get(name);
    Object value = text == null ? defaultValue : parse(name, text, defaultValue);
    String shown = String.valueOf(value);
    String earlier = bound.putIfAbsent(name, shown);
    if (earlier != null && !earlier.equals(shown)) {
      throw new ParameterException(
          "parameter '%s' is declared twice with different defaults, %s and %s"
              .formatted(name, Text.quote(earlier), Text.quote(shown)));
    }
    // parse() returns a value of the default's own class, or of Path for any Path.
    @SuppressWarnings("unchecked")
    T typed = (T) value;
    return typed;
  }

  /** All parameters with their values as text, in the order of the definition. */
  Map<String, String> bound() {
    return bound;
  }

  void checkAllUsed(String pipeline) {
    Set<String> unknown = new LinkedHashSet<>(given.values().keySet());
    unknown.removeAll(bound.keySet());
    for (String name : unknown) {
      throw new ParameterException(
          "pipeline '%s' has no parameter %s (it has %s)%s"
              .formatted(
                  pipeline,
                  Text.quote(name),
                  bound.isEmpty() ? "none" : String.join(", ", bound.keySet()),
                  Text.hint(name, bound.keySet())));
    }
  }

  private static Object parse(String name, String text, Object like) {
    try {
      if (like instanceof String) {
        return text;
      } else if (like instanceof Integer) {
        return Integer.valueOf(text.strip());
      } else if (like instanceof Long) {
        return Long.valueOf(text.strip());
      } else if (like instanceof Double) {
        return Double.valueOf(text.strip());
      } else if (like instanceof Boolean) {
        return truth(text.strip());
      } else if (like instanceof Duration) {
        return Durations.parse(text.strip());
      } else if (like instanceof LocalDate) {
        return LocalDate.parse(text.strip());
      } else if (like instanceof Path) {
        return Path.of(text);
      } else if (like instanceof Enum<?> constant) {
        return constant(text.strip(), constant.getDeclaringClass());
      }
    } catch (IllegalArgumentException | DateTimeParseException e) {
      String why = e instanceof NumberFormatException ? "" : ": " + e.getMessage();
      throw new ParameterException(
          "parameter '%s' cannot be %s: wanted %s%s"
              .formatted(
                  name,
                  Text.quote(text),
                  wanted(like),
                  e instanceof InvalidPathException ? "" : why));
    }
    throw new ParameterException(
        "parameter '%s' has a default of type %s, which cannot be read from text; use text, a number,"
                .formatted(name, like.getClass().getName())
            + " a truth value, an enum, a Path, a Duration or a LocalDate");
  }

  private static Boolean truth(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on" -> true;
      case "false", "no", "off" -> false;
      default -> throw new IllegalArgumentException("use true or false");
    };
  }

  private static Object constant(String text, Class<?> type) {
    for (Object constant : type.getEnumConstants()) {
      if (((Enum<?>) constant).name().equalsIgnoreCase(text.replace('-', '_'))) {
        return constant;
      }
    }
    throw new IllegalArgumentException("use one of " + Arrays.toString(type.getEnumConstants()));
  }

  private static String wanted(Object like) {
    if (like instanceof Integer || like instanceof Long) {
      return "a whole number, such as " + like;
    } else if (like instanceof Double) {
      return "a number, such as " + like;
    } else if (like instanceof Duration) {
      return "a duration, such as 90s, 15m, 2h, 7d or PT90S";
    } else if (like instanceof LocalDate) {
      return "a date, such as 2001-03-01";
    }
    return "a " + (like instanceof Path ? "path" : like.getClass().getSimpleName());
  }
}
