package dev.reprise.config;

import dev.reprise.cache.base.Text;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The settings given as options on the command line. Filled while that is parsed, read afterwards;
 * belongs to one thread.
 */
public final class Flags {
  private static final List<Setting> PLACES =
      List.of(Setting.HOME, Setting.STORE, Setting.PROJECT, Setting.ENVIRONMENT);

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

  /**
   * The options that say where state lies and whose it is, as they were given: without them another
   * command would not find what this one left. Word by word, in a fixed order.
   */
  public List<String> places() {
    List<String> words = new ArrayList<>();
    if (configFile != null) {
      words.addAll(List.of("--config", configFile));
    }
    for (Setting setting : PLACES) {
      String value = set.get(setting);
      String inGeneral = conf.get(setting.key());
      if (value != null) {
        words.addAll(List.of("--" + setting.key(), value));
      } else if (inGeneral != null) {
        words.addAll(List.of("--conf", setting.key() + "=" + inGeneral));
      }
    }
    return words;
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
        (setting, value) -> values.put(setting, new Given(value, setting.option(), folder)));
  }

  @Nullable String configFile() {
    return configFile;
  }
}
