package dev.reprise.cli.base;

import dev.reprise.config.Flags;
import dev.reprise.config.Settings;
import dev.reprise.config.UsageException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * The world around one call of the command line. Commands use this and no statics, so that a test
 * runs them in its own process with streams, variables and folders of its own.
 *
 * @param in what the user types
 * @param out for what was asked
 * @param err for everything else
 * @param environment variables
 * @param properties system properties
 * @param folder the working directory, absolute
 * @param clock the time of day
 * @param terminal whether {@code in} and {@code out} are a terminal, at which somebody can answer
 * @param flags the settings given as options; filled while the command line is parsed
 */
public record CommandContext(
    InputStream in,
    PrintStream out,
    PrintStream err,
    Map<String, String> environment,
    Map<String, String> properties,
    Path folder,
    InstantSource clock,
    boolean terminal,
    Flags flags) {

  /** The context of this process. */
  public static CommandContext ofProcess() {
    Map<String, String> properties = new HashMap<>();
    for (String name : System.getProperties().stringPropertyNames()) {
      properties.put(name, System.getProperty(name, ""));
    }
    return new CommandContext(
        System.in,
        System.out,
        System.err,
        System.getenv(),
        properties,
        Path.of("").toAbsolutePath(),
        InstantSource.system(),
        Terminal.attached(),
        new Flags());
  }

  /**
   * Reads the settings; call it once the command line is parsed.
   *
   * @throws UsageException if one is given that is no setting, or a file cannot be read
   */
  public Settings settings() {
    return Settings.read(flags, properties, environment, folder);
  }
}
