package dev.reprise.cache.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.GoldenValues;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.DayOfWeek;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Prints the content digests of objects whose order or hash codes differ from JVM to JVM. */
public final class PrintObjectDigests {
  private PrintObjectDigests() {}

  /** Prints name and digest of each, a line each, in UTF-8. */
  public static void main(String[] args) throws Exception {
    new PrintStream(System.out, true, UTF_8).print(lines());
  }

  static String lines() throws Exception {
    KryoCodec codec =
        new KryoCodec(
            RegisteredTypes.of(
                GoldenValues.Config.class,
                GoldenValues.Settings.class,
                GoldenValues.Shape.class,
                GoldenValues.Empty.class));
    Map<String, @Nullable Object> values = new LinkedHashMap<>(GoldenValues.all());
    values.values().removeIf(Fingerprint.class::isInstance);
    Map<DayOfWeek, Set<String>> days = new HashMap<>();
    for (DayOfWeek day : DayOfWeek.values()) {
      days.put(day, Set.of(day.name(), "x", "y", "z"));
    }
    values.put("HashMap of enums", days);
    values.put("HashSet of classes", new HashSet<>(Arrays.asList(int.class, String.class)));
    values.put("ConcurrentHashMap", new ConcurrentHashMap<>(days));
    values.put("EnumMap", new EnumMap<>(days));
    values.put("unmodifiable", Collections.unmodifiableMap(days));
    values.put("Map.of", Map.copyOf(days));
    values.put("nested", Set.of(days, Map.of(Set.of(1, 2, 3), Set.of("a", "b"))));

    StringBuilder lines = new StringBuilder();
    for (Map.Entry<String, @Nullable Object> value : values.entrySet()) {
      lines
          .append(value.getKey())
          .append('\t')
          .append(codec.encode(value.getValue(), OutputStream.nullOutputStream()).content())
          .append('\n');
    }
    return lines.toString();
  }
}
