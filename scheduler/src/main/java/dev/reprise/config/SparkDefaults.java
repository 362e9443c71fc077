package dev.reprise.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * The settings that Spark's configuration holds, so that those who look after a cluster can set
 * them for all: {@code spark.reprise.*} in {@code spark-defaults.conf}, and as Spark passes them on
 * to the driver.
 */
final class SparkDefaults {
  private static final String PREFIX = "spark." + Settings.PROPERTY_PREFIX;

  private SparkDefaults() {}

  /** Adds what they give to {@code values}: the file first, then what was passed on. */
  static void read(
      Map<String, String> environment,
      Map<String, String> properties,
      Path folder,
      Map<Setting, Given> values) {
    file(environment, folder).ifPresent(file -> readFile(file, values));
    properties.forEach(
        (name, value) -> {
          if (name.startsWith(PREFIX)) {
            put(name, value, "Spark's " + name, folder, values);
          }
        });
  }

  private static Optional<Path> file(Map<String, String> environment, Path folder) {
    String conf = environment.getOrDefault("SPARK_CONF_DIR", "");
    String home = environment.getOrDefault("SPARK_HOME", "");
    if (conf.isEmpty() && home.isEmpty()) {
      return Optional.empty();
    }
    Path in = conf.isEmpty() ? folder.resolve(home).resolve("conf") : folder.resolve(conf);
    return Optional.of(in.resolve("spark-defaults.conf")).filter(Files::isReadable);
  }

  private static void readFile(Path file, Map<Setting, Given> values) {
    Properties found = new Properties();
    List<String> lines;
    try (Reader reader = Files.newBufferedReader(file)) {
      found.load(reader);
      lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (IOException | IllegalArgumentException e) {
      throw new UsageException("Spark's configuration " + file + ": " + e.getMessage(), e);
    }
    for (String name : found.stringPropertyNames()) {
      if (name.startsWith(PREFIX)) {
        String where = file + ":" + lineOf(name, lines);
        put(name, found.getProperty(name).strip(), where, Settings.folderOf(file), values);
      }
    }
  }

  /** The last line that sets {@code name}, counted from 1; it is the one that counts. */
  private static int lineOf(String name, List<String> lines) {
    int last = 0;
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).strip().startsWith(name)) {
        last = i + 1;
      }
    }
    return last;
  }

  private static void put(
      String name, String value, String where, Path folder, Map<Setting, Given> values) {
    String key = name.substring(PREFIX.length());
    Setting setting = Setting.of(key).orElseThrow(() -> Unknown.key(where, key));
    values.put(setting, new Given(value, where, folder));
  }
}
