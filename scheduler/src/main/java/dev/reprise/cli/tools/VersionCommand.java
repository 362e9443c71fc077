package dev.reprise.cli.tools;

import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.OutputOption;
import dev.reprise.console.JsonText;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code reprise version}: what to write into a bug report. */
@Command(
    name = "version",
    sortOptions = false,
    description = "Shows the versions of Reprise and of what it stands on.",
    footerHeading = "%nExample:%n",
    footer = "  reprise version --output json",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = "0:success")
public final class VersionCommand implements Callable<Integer> {
  private static final String UNKNOWN = "unknown";

  private final CommandContext context;

  @Mixin private final OutputOption output = new OutputOption();
  @Mixin final HelpOption help = new HelpOption();

  public VersionCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Map<String, String> versions = versions();
    if (output.json()) {
      JsonText json = JsonText.document();
      versions.forEach(json::text);
      context.out().println(json.end());
    } else {
      versions.forEach((what, version) -> context.out().printf("%-8s %s%n", what, version));
    }
    return ExitCode.OK.code();
  }

  private Map<String, String> versions() {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("reprise", Library.version(VersionCommand.class.getName()).orElse("development"));
    versions.put("java", properties("java.version", "java.vendor", "java.home"));
    versions.put("os", properties("os.name", "os.version", "os.arch"));
    versions.put("arrow", Library.version("org.apache.arrow.vector.FieldVector").orElse(UNKNOWN));
    versions.put("rocksdb", Library.version("org.rocksdb.RocksDB").orElse(UNKNOWN));
    return versions;
  }

  private String properties(String name, String... more) {
    StringBuilder text = new StringBuilder(context.properties().getOrDefault(name, UNKNOWN));
    for (String other : more) {
      text.append(' ').append(context.properties().getOrDefault(other, UNKNOWN));
    }
    return text.toString();
  }
}
