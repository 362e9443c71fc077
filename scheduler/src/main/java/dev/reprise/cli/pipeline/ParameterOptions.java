package dev.reprise.cli.pipeline;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueType;
import dev.reprise.api.Parameters;
import dev.reprise.cli.base.KeyValue;
import dev.reprise.cli.base.OptionTable;
import dev.reprise.config.UsageException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The options that give values to a pipeline's parameters. */
final class ParameterOptions {
  private static final String PARAM = "--param";

  private final Map<String, String> values = new LinkedHashMap<>();
  private @Nullable Path file;

  void addTo(OptionTable table) {
    table
        .value(
            List.of("-p", PARAM),
            "NAME=VALUE",
            "value of a parameter of the pipeline; may be repeated",
            List.of(),
            text -> values.putAll(KeyValue.parse(PARAM, text).asMap()))
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

  private static void readFile(Path file, Map<String, String> to) {
    Config config;
    try {
      config =
          ConfigFactory.parseFile(
                  file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false))
              .resolve();
    } catch (ConfigException e) {
      throw new UsageException("--params-file " + file + ": " + e.getMessage(), e);
    }
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
              to.put(name, String.valueOf(entry.getValue().unwrapped()));
            });
  }
}
