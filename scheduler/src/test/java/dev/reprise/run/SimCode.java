package dev.reprise.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The code of simulated tasks. A {@link Body} says what it does; the same is called by workers and
 * by the model, which knows no cache.
 */
final class SimCode {
  private static final int MOST_ELEMENTS = 6;

  /** How many lists there are of which a task that returns many returns the first so many. */
  private static final int LISTS = 2;

  private SimCode() {}

  /**
   * What a task's code does. All but the name may be edited.
   *
   * @param task its name
   * @param version goes into what it makes, and is often forgotten there
   * @param spread how many values it may make: with few, other inputs often give equal results
   * @param bulk how many characters its values have besides
   * @param fails of so many inputs one makes it fail; 0 for none
   * @param nulls of so many inputs one makes it return null; 0 for none
   * @param many whether it returns a list
   */
  record Body(String task, int version, int spread, int bulk, int fails, int nulls, boolean many) {
    /** The body in a form that {@link #of} reads. */
    String encoded() {
      return "%s/%d/%d/%d/%d/%d/%b".formatted(task, version, spread, bulk, fails, nulls, many);
    }

    static Body of(String text) {
      String[] parts = text.split("/", -1);
      return new Body(
          parts[0],
          Integer.parseInt(parts[1]),
          Integer.parseInt(parts[2]),
          Integer.parseInt(parts[3]),
          Integer.parseInt(parts[4]),
          Integer.parseInt(parts[5]),
          Boolean.parseBoolean(parts[6]));
    }

    Body withFailures(int of) {
      return new Body(task, version, spread, bulk, of, nulls, many);
    }

    Body withVersion(int to) {
      return new Body(task, to, spread, bulk, fails, nulls, many);
    }

    /**
     * What the code makes of these arguments.
     *
     * @throws Trouble if it fails for them
     */
    @Nullable Object make(List<@Nullable Object> arguments) throws IOException {
      StringBuilder all = new StringBuilder(task).append('/').append(version);
      for (Object argument : arguments) {
        all.append("|").append(SimCode.text(argument));
      }
      int chance = mixed(all.toString().hashCode());
      if (fails > 0 && Math.floorMod(chance >> 4, fails) == 0) {
        String message = task + " cannot take this";
        throw (chance >> 16 & 3) > 0 ? new UserTrouble(message) : new OtherTrouble(message);
      }
      if (many) {
        List<@Nullable Object> elements = new ArrayList<>();
        int count = Math.floorMod(chance, MOST_ELEMENTS + 1);
        for (int i = 0; i < count; i++) {
          elements.add(value(mixed(Math.floorMod(chance >> 6, LISTS) + 7 * i)));
        }
        return elements;
      }
      return value(chance);
    }

    private @Nullable String value(int chance) {
      if (nulls > 0 && Math.floorMod(chance >> 8, nulls) == 0) {
        return null;
      }
      return task + "=" + "#".repeat(bulk) + Math.floorMod(chance, spread);
    }

    private static int mixed(int hash) {
      int mixed = hash * 0x9E3779B9;
      return mixed ^ (mixed >>> 15);
    }
  }

  /** Thrown by simulated code. */
  abstract static class Trouble extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Trouble(String message) {
      super(message);
    }
  }

  /** Tasks that keep failures keep those. */
  static final class UserTrouble extends Trouble {
    private static final long serialVersionUID = 1L;

    UserTrouble(String message) {
      super(message);
    }
  }

  /** And not those. */
  static final class OtherTrouble extends Trouble {
    private static final long serialVersionUID = 1L;

    OtherTrouble(String message) {
      super(message);
    }
  }

  /** The content of a source's file as it is among the arguments of the model. */
  static String file(String content) {
    return "file " + content;
  }

  private static String text(@Nullable Object value) throws IOException {
    if (value instanceof Path path) {
      return file(Files.readString(path));
    }
    if (value instanceof List<?> list) {
      List<String> texts = new ArrayList<>();
      for (Object element : list) {
        texts.add(text(element));
      }
      return texts.toString();
    }
    if (value instanceof Map<?, ?> map) {
      List<String> texts = new ArrayList<>();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        texts.add(entry.getKey() + ":" + text(entry.getValue()));
      }
      return texts.stream().collect(Collectors.joining(";", "{", "}"));
    }
    return String.valueOf(value);
  }

  // ---- what workers call: the body, and the arguments ------------------------------------------

  static @Nullable Object call0(String body) throws IOException {
    return Body.of(body).make(List.of());
  }

  static @Nullable Object call1(String body, @Nullable Object a) throws IOException {
    return call(body, a);
  }

  static @Nullable Object call2(String body, @Nullable Object a, @Nullable Object b)
      throws IOException {
    return call(body, a, b);
  }

  static @Nullable Object call3(
      String body, @Nullable Object a, @Nullable Object b, @Nullable Object c) throws IOException {
    return call(body, a, b, c);
  }

  private static @Nullable Object call(String body, @Nullable Object... arguments)
      throws IOException {
    List<@Nullable Object> all = new ArrayList<>();
    for (Object argument : arguments) {
      all.add(argument);
    }
    return Body.of(body).make(all);
  }
}
