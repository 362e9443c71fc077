package dev.reprise.cli.doctor;

import dev.reprise.cache.base.Text;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.IndexHealth;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.console.Figures;
import dev.reprise.executor.Check;
import dev.reprise.home.Executors;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.ServiceConfigurationError;

/** Looks at what Reprise runs on: Java, the machine, native code, engines. */
final class InstallationChecks {
  private static final int OLDEST_JAVA = 17;

  private final CommandContext context;

  InstallationChecks(CommandContext context) {
    this.context = context;
  }

  Check java() {
    String found = "%s, %s".formatted(property("java.version"), property("java.home"));
    int feature = Runtime.version().feature();
    if (feature < OLDEST_JAVA) {
      return Check.fail(
          "java", found, "Reprise needs Java " + OLDEST_JAVA + " or later; set JAVA_HOME to one");
    }
    // Arrow reaches into direct buffers; without this every table fails.
    Module unnamed = InstallationChecks.class.getClassLoader().getUnnamedModule();
    return ByteBuffer.class.getModule().isOpen("java.nio", unnamed)
        ? Check.ok("java", found)
        : Check.fail(
            "java",
            found + ", whose package java.nio is closed to Arrow",
            "start it with the options that 'reprise classpath --jvm-options' prints");
  }

  Check platform() {
    Runtime machine = Runtime.getRuntime();
    return Check.ok(
        "platform",
        "%s %s, %s, heap of up to %s"
            .formatted(
                property("os.name"),
                property("os.arch"),
                Figures.count(machine.availableProcessors(), "processor"),
                Figures.bytes(machine.maxMemory())));
  }

  Check nativeCode() {
    try {
      IndexHealth.checkLibrary();
      return Check.ok("native", "RocksDB's library loads");
    } catch (CacheUnavailableException e) {
      return Check.fail(
          "native",
          String.valueOf(e.getMessage()),
          "runs go without cache; name a writable folder with -Djava.io.tmpdir");
    }
  }

  /**
   * Looks for executors.
   *
   * @param wanted the one that is set
   */
  Check executors(String wanted) {
    List<String> names;
    try {
      names = Executors.names();
    } catch (ServiceConfigurationError e) {
      return Check.fail(
          "executors",
          "one cannot be loaded: " + e.getMessage(),
          "its plugin and Reprise must be of one version");
    }
    String found = names.isEmpty() ? "none" : String.join(", ", names);
    return names.contains(wanted)
        ? Check.ok("executors", found)
        : Check.fail(
            "executors",
            "%s, and not %s, which is set".formatted(found, Text.quote(wanted)),
            "put its plugin on the class path, or set another with --executor"
                + Text.hint(wanted, names));
  }

  private String property(String name) {
    return context.properties().getOrDefault(name, "unknown");
  }
}
