package dev.reprise.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.nio.file.Path;
import java.util.Map;

/**
 * Reads {@code reprise.conf}, which is HOCON: JSON that people can write.
 *
 * @see <a href="https://github.com/lightbend/config/blob/main/HOCON.md">HOCON</a>
 */
final class ConfigFile {
  private ConfigFile() {}

  /**
   * Adds what the file gives to {@code values}.
   *
   * @throws UsageException if it cannot be read or has a key that no setting has
   */
  static void read(Path file, Map<Setting, Given> values) {
    Config config;
    try {
      config =
          ConfigFactory.parseFile(
                  file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false))
              .resolve();
    } catch (ConfigException e) {
      throw new UsageException("configuration file " + file + ": " + message(e), e);
    }
    for (Map.Entry<String, ConfigValue> entry : config.entrySet()) {
      String key = String.join(".", ConfigUtil.splitPath(entry.getKey()));
      ConfigValue value = entry.getValue();
      String included = value.origin().filename();
      Path in = included == null ? file : Path.of(included);
      String where = in + ":" + value.origin().lineNumber();
      Setting setting = Setting.of(key).orElseThrow(() -> Unknown.key(where, key));
      if (value.valueType() == ConfigValueType.LIST) {
        throw new UsageException(
            "%s: '%s' is a list, wanted %s".formatted(where, key, setting.form().wanted()));
      }
      values.put(
          setting, new Given(String.valueOf(value.unwrapped()), where, Settings.folderOf(in)));
    }
  }

  /** The library begins its messages with the file's name, which is told already. */
  private static String message(ConfigException e) {
    String message = String.valueOf(e.getMessage());
    return e instanceof ConfigException.IO
        ? "there is no such file, or it cannot be read"
        : message;
  }
}
