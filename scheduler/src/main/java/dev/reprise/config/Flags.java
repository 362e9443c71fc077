package dev.reprise.config;

import dev.reprise.cache.base.Text;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The settings given as options on the command line. Filled while that is parsed, read afterwards;
 * belongs to one thread.
 */
public final class Flags {
  private final Map<Setting, String> set = new EnumMap<>(Setting.class);
  private final Map<String, String> conf = new TreeMap<>();
  private @Nullable String configFile;

  /** Sets a setting by its own option, such as {@code --home}. */
  public void set(Setting setting, String value) {
    set.put(setting, value);
  }

  /**
   * Sets a setting by its key, with {@code --conf}; whether there is one is seen when it is read.
   */
  public void conf(String key, String value) {
    conf.put(key, value);
  }

  /** Names the configuration file to read in place of the usual one. */
  public void configFile(String file) {
    configFile = file;
  }

  /** Adds what was set to {@code values}. */
  void read(Path folder, Map<Setting, Given> values) {
    conf.forEach(
        (key, value) -> {
          String where = "--conf " + Text.safe(key, 100);
          Setting setting = Setting.of(key).orElseThrow(() -> Unknown.key(where, key));
          values.put(setting, new Given(value, where, folder));
        });
    set.forEach(
        (setting, value) -> values.put(setting, new Given(value, "--" + setting.key(), folder)));
  }

  @Nullable String configFile() {
    return configFile;
  }
}
