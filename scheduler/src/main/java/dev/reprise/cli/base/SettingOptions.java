package dev.reprise.cli.base;

import dev.reprise.config.Flags;
import dev.reprise.config.Setting;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options by which every command learns where state lies: a mixin. */
public final class SettingOptions {
  private final Flags flags;

  /** Passes on what is given to {@code flags}. */
  public SettingOptions(Flags flags) {
    this.flags = flags;
  }

  @Option(
      names = "--home",
      paramLabel = "FOLDER",
      description = "where state lies (default: .reprise)")
  void home(String folder) {
    flags.set(Setting.HOME, folder);
  }

  @Option(
      names = "--store",
      paramLabel = "FOLDER",
      description = "where results lie (default: store/ in the home)")
  void store(String folder) {
    flags.set(Setting.STORE, folder);
  }

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "configuration file (default: reprise.conf, if there is one)")
  void config(String file) {
    flags.configFile(file);
  }

  @Option(
      names = "--conf",
      paramLabel = "KEY=VALUE",
      description = "any setting; 'reprise doctor --show-config' lists them")
  void conf(Map<String, String> settings) {
    settings.forEach(flags::conf);
  }
}
