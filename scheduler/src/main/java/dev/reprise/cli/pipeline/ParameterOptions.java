package dev.reprise.cli.pipeline;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueType;
import dev.reprise.api.Parameters;
import dev.reprise.cli.base.KeyValue;
import dev.reprise.cli.base.OptionTable;
import dev.reprise.config.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The options that give values to a pipeline's parameters. */
final class ParameterOptions {
  private static final String PARAM = "--param";
  private static final String NAME_VALUE = "NAME=VALUE";

  private final Map<String, String> values = new LinkedHashMap<>();
  private @Nullable Path file;

  void addTo(OptionTable table) {
    table
        .value(
            List.of("-p", PARAM),
            NAME_VALUE,
            "value of a parameter of the pipeline; may be repeated",
            List.of(),
            text -> values.putAll(KeyValue.parse(PARAM, NAME_VALUE, text).asMap()))
        .value(
            "--scheduled-time",
            "TIME",
            "the time that the run is meant for, such as 2001-03-01T06:00:00Z or 2001-03-01, if the"
                + " pipeline takes it",
            text -> values.put(Parameters.SCHEDULED_TIME, text))
        .value(
            "--params-file",
            "FILE",
            "values of parameters: properties, JSON or HOCON; --param goes before it",
            text -> file = Path.of(text));
  }

  /**
   * The values, those of the file first.
   *
   * @param folder that the file's path is relative to
   * @throws UsageException if the file cannot be read
   */
  Parameters read(Path folder) {
    Map<String, String> all = new LinkedHashMap<>();
    if (file != null) {
      readFile(folder.resolve(file), all);
    }
    all.putAll(values);
    return new Parameters(all);
  }

  /** Whether the command line itself gives a value to a parameter. */
  boolean gives(String name) {
    return values.containsKey(name);
  }

  /** The message, which names the file or does not. */
  private static String withFile(Path file, ConfigException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains(file.toString()) ? message : file + ": " + message;
  }

  /** A name without a value would be passed over, as if it were not written. */
  private static void refuseNull(Path file, List<String> path, ConfigObject in) {
    in.forEach(
        (key, value) -> {
          List<String> name = new ArrayList<>(path);
          name.add(key);
          if (value instanceof ConfigObject inner) {
            refuseNull(file, name, inner);
          } else if (value.valueType() == ConfigValueType.NULL) {
            throw new UsageException(
                "%s:%d: parameter '%s' is null; give it a value, or leave it out for its default"
                    .formatted(file, value.origin().lineNumber(), String.join(".", name)));
          }
        });
  }

  private static void readFile(Path file, Map<String, String> to) {
    if (!Files.exists(file)) {
      throw new UsageException("--params-file %s does not exist".formatted(file));
    } else if (Files.isDirectory(file) || !Files.isReadable(file)) {
      throw new UsageException(
          "--params-file %s %s"
              .formatted(file, Files.isDirectory(file) ? "is a folder" : "cannot be read"));
    }
    Config config;
    try {
      config =
          ConfigFactory.parseFile(
                  file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false))
              .resolve();
    } catch (ConfigException e) {
      throw new UsageException("--params-file " + withFile(file, e), e);
    }
    refuseNull(file, List.of(), config.root());
    config
        .entrySet()
        .forEach(
            entry -> {
              String name = String.join(".", ConfigUtil.splitPath(entry.getKey()));
              if (entry.getValue().valueType() == ConfigValueType.LIST) {
                throw new UsageException(
                    "%s:%d: parameter '%s' is a list; a parameter is one value"
                        .formatted(file, entry.getValue().origin().lineNumber(), name));
              }
              to.put(name, config.getString(entry.getKey())); // a number as it is written: 1.10
            });
  }
}
