package dev.reprise.cli.base;

import dev.reprise.config.Flags;
import dev.reprise.config.Setting;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options by which every command learns where state lies: a mixin. */
public final class SettingOptions {
  private static final String FOLDER = "FOLDER";
  private static final String FILE = "FILE";
  private static final String SETTING = "KEY=VALUE";
  private static final String HOME = "where state lies (default: .reprise)";
  private static final String STORE = "where results lie (default: store/ in the home)";
  private static final String CONFIG =
      "configuration file (default: reprise.conf, if there is one)";
  private static final String CONF = "any setting; 'doctor --show-config' lists them";

  private final Flags flags;

  /** Passes on what is given to {@code flags}. */
  public SettingOptions(Flags flags) {
    this.flags = flags;
  }

  /** Adds the same options to a table. */
  public void addTo(OptionTable table) {
    table
        .value("--home", FOLDER, HOME, this::home)
        .value("--store", FOLDER, STORE, this::store)
        .value("--config", FILE, CONFIG, this::config)
        .value(
            "--conf", SETTING, CONF, text -> conf(KeyValue.parse("--conf", SETTING, text).asMap()));
  }

  @Option(names = "--home", paramLabel = FOLDER, description = HOME)
  void home(String folder) {
    flags.set(Setting.HOME, folder);
  }

  @Option(names = "--store", paramLabel = FOLDER, description = STORE)
  void store(String folder) {
    flags.set(Setting.STORE, folder);
  }

  @Option(names = "--config", paramLabel = FILE, description = CONFIG)
  void config(String file) {
    flags.configFile(file);
  }

  @Option(names = "--conf", paramLabel = SETTING, description = CONF)
  void conf(Map<String, String> settings) {
    settings.forEach(flags::conf);
  }
}
