package dev.reprise.api;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import dev.reprise.cache.base.Durations;
import dev.reprise.cache.base.Text;
import dev.reprise.cache.fingerprint.Redaction;
import dev.reprise.cache.fingerprint.Secret;
import dev.reprise.graph.GraphBuilder;
import dev.reprise.graph.PipelineException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Gives parameters the values that were given for them, converted to the type of the default. */
final class ParameterBinding {
  private static final List<Class<?>> TYPES =
      List.of(
          String.class,
          Integer.class,
          Long.class,
          Double.class,
          Boolean.class,
          Duration.class,
          LocalDate.class,
          Path.class,
          Enum.class);

  private final Parameters given;
  private final Function<String, @Nullable String> environment;
  private final Map<String, String> defaults = new HashMap<>();
  private final Map<String, String> bound = new LinkedHashMap<>();

  ParameterBinding(Parameters given) {
    this(given, System::getenv);
  }

  /**
   * @param environment the value of a variable, null if it is not set
   */
  ParameterBinding(Parameters given, Function<String, @Nullable String> environment) {
    this.given = given;
    this.environment = environment;
  }

  /**
   * The value of an environment variable.
   *
   * @param otherwise if it is not set; null if it must be
   */
  String variable(String name, @Nullable String otherwise) {
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      throw new PipelineException(
          "bad name of an environment variable: %s; use letters, digits and '_'"
              .formatted(Text.quote(name)));
    }
    String value = environment.apply(name);
    if (value == null && otherwise == null) {
      throw new ParameterException(
          "the pipeline takes environment variable %s, which is not set; set it, or give environment(...) a value for that"
              .formatted(name));
    }
    return value == null ? requireNonNull(otherwise) : value;
  }

  <T> T bind(String name, T defaultValue) {
    GraphBuilder.checkName("a parameter", name);
    checkDefault(name, defaultValue);
    String text = given(name);
    Object value = text == null ? defaultValue : parse(name, text, defaultValue);
    bound.put(name, Redaction.shown(name, shown(value)));
    // parse() returns a value of the default's own class, or of Path for any Path.
    @SuppressWarnings("unchecked")
    T typed = (T) value;
    return typed;
  }

  /**
   * Finds the time that a run is meant for.
   *
   * @throws ParameterException if none is given: a default would be another time in every run
   */
  Instant bindTime(String name) {
    String text = given(name);
    if (text == null) {
      throw new ParameterException(
          "the pipeline takes the time that its run is meant for; give it with --scheduled-time, such as"
              + " 2001-03-01T06:00:00Z or 2001-03-01");
    }
    Instant time = time(name, text.strip());
    bound.put(name, time.toString());
    return time;
  }

  private static Instant time(String name, String text) {
    try {
      return text.contains("T")
          ? OffsetDateTime.parse(text).toInstant()
          : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeParseException e) {
      throw new ParameterException(
          "%s cannot be %s: wanted a time with its offset, such as 2001-03-01T06:00:00Z, or a day, which begins in UTC"
              .formatted(name, Text.quote(text)));
    }
  }

  /**
   * Finds a secret. What is shown of it is the place where it was found.
   *
   * @param defaultPlace as in {@link SecretPlace}
   */
  Secret<String> bindSecret(String name, String defaultPlace) {
    GraphBuilder.checkName("a parameter", name);
    checkDefault(name, defaultPlace);
    SecretPlace place =
        SecretPlace.of(name, requireNonNullElse(given(name), defaultPlace), environment);
    bound.put(name, place.toString());
    return place.read();
  }

  private @Nullable String given(String name) {
    String text = given.values().get(name);
    if (text != null) {
      return text;
    }
    String earlier = given.earlier().get(name);
    if (Secret.SHOWN_AS.equals(earlier)) {
      throw new ParameterException(
          "parameter '%s' is a secret by its name, so the journal of the run that is resumed does not have it; give it again"
              .formatted(name));
    }
    return earlier;
  }

  private void checkDefault(String name, @Nullable Object value) {
    if (TYPES.stream().noneMatch(type -> type.isInstance(value))) {
      throw new PipelineException(
          "parameter '%s' has a default %s, which cannot be read from text; use text, a whole or"
                  .formatted(name, value == null ? "of null" : "of " + value.getClass().getName())
              + " decimal number, a truth value, an enum, a Path, a Duration or a LocalDate, or pass"
              + " a constant with value(...)");
    }
    String earlier = defaults.putIfAbsent(name, shown(value));
    if (earlier != null && !earlier.equals(shown(value))) {
      throw new PipelineException(
          "parameter '%s' is declared twice with different defaults, %s and %s"
              .formatted(name, quoted(name, earlier), quoted(name, shown(value))));
    }
  }

  /** As text that {@link #parse} understands. */
  private static String shown(@Nullable Object value) {
    return value instanceof Enum<?> constant ? constant.name() : String.valueOf(value);
  }

  private static String quoted(String name, String value) {
    return Text.quote(Redaction.shown(name, value));
  }

  /**
   * All parameters with their values as text for people, in the order of the definition: a value
   * that is a secret by its name is not told.
   */
  Map<String, String> bound() {
    return bound;
  }

  void checkAllUsed(String pipeline) {
    for (String name : given.values().keySet()) {
      if (!bound.containsKey(name)) {
        throw new ParameterException(
            "pipeline '%s' has no parameter %s (it has %s)%s"
                .formatted(
                    pipeline,
                    Text.quote(name),
                    bound.isEmpty() ? "none" : String.join(", ", bound.keySet()),
                    Text.hint(name, bound.keySet())));
      }
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
      throw new ParameterException(
          "parameter '%s' cannot be %s: wanted %s"
              .formatted(name, quoted(name, text), wanted(like)));
    }
    throw new IllegalStateException("parameter '" + name + "' has a type that was not checked");
  }

  private static Boolean truth(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on" -> true;
      case "false", "no", "off" -> false;
      default -> throw new IllegalArgumentException(text);
    };
  }

  private static Object constant(String text, Class<?> type) {
    List<String> names = names(type);
    int place = names.indexOf(text);
    for (int i = 0; place < 0 && i < names.size(); i++) {
      place = names.get(i).equalsIgnoreCase(text.replace('-', '_')) ? i : -1;
    }
    if (place < 0) {
      throw new IllegalArgumentException(text);
    }
    return type.getEnumConstants()[place];
  }

  private static List<String> names(Class<?> type) {
    return Arrays.stream(type.getEnumConstants()).map(each -> ((Enum<?>) each).name()).toList();
  }

  private static String wanted(Object like) {
    if (like instanceof Integer) {
      return "a whole number from %d to %d".formatted(Integer.MIN_VALUE, Integer.MAX_VALUE);
    } else if (like instanceof Long) {
      return "a whole number, such as " + like;
    } else if (like instanceof Double) {
      return "a number, such as " + like;
    } else if (like instanceof Boolean) {
      return "true or false";
    } else if (like instanceof Duration) {
      return "a duration that is not negative, such as 90s, 15m, 2h, 7d or PT90S";
    } else if (like instanceof LocalDate) {
      return "a date, such as 2001-03-01";
    } else if (like instanceof Enum<?> constant) {
      return "one of " + String.join(", ", names(constant.getDeclaringClass()));
    }
    return "a path";
  }
}
