package dev.reprise.cli.tools;

import dev.reprise.cli.base.HelpOption;
import dev.reprise.config.UsageException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * {@code reprise cluster}: told of here, for help and for shells that complete; done by a script of
 * the engine's plugin, which the launcher calls before there is a JVM.
 */
@Command(
    name = "cluster",
    sortOptions = false,
    description = "Starts, shows and stops a cluster of this machine alone, to try things out.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  reprise cluster ray start",
      "  reprise run flights --executor ray",
      "  reprise cluster ray stop"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "2:bad usage, or something is missing", "4:no cluster runs"})
public final class ClusterCommand {
  @Mixin final HelpOption help = new HelpOption();

  private ClusterCommand() {}

  /** Returns the command with those below it. */
  public static CommandLine tree() {
    return new CommandLine(new ClusterCommand())
        .addSubcommand(
            "spark",
            engine(
                "a standalone Spark cluster with its dashboards",
                option("--workers", "N", "worker processes (default: 2)"),
                option("--cores", "N", "cores of each (default: 1)"),
                option("--memory", "SIZE", "memory of each (default: 1g)")))
        .addSubcommand(
            "ray",
            engine(
                "a Ray cluster of one node, with dashboard and job server",
                option("--cpus", "N", "processors (default: all)"),
                option("--object-store", "BYTES", "memory for what Ray passes on"),
                OptionSpec.builder("--no-dashboard")
                    .description("without dashboard and job server")
                    .build()));
  }

  private static CommandLine engine(String what, OptionSpec... options) {
    CommandLine start = scripted("starts it, if none runs");
    for (OptionSpec option : options) {
      start.getCommandSpec().addOption(option);
    }
    return new CommandLine(spec(what, new Group()))
        .addSubcommand("start", start)
        .addSubcommand("status", scripted("tells whether one runs, and where"))
        .addSubcommand("stop", scripted("stops it"));
  }

  private static CommandLine scripted(String what) {
    return new CommandLine(spec(what, new Scripted()));
  }

  private static CommandSpec spec(String what, Object command) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(command);
    spec.usageMessage().description(what);
    return spec;
  }

  private static OptionSpec option(String name, String label, String description) {
    return OptionSpec.builder(name)
        .type(String.class)
        .paramLabel(label)
        .description(description)
        .build();
  }

  @Command
  static class Group {
    @Mixin final HelpOption help = new HelpOption();
  }

  @Command
  private static final class Scripted extends Group implements Callable<Integer> {
    @Override
    public Integer call() {
      throw new UsageException(
          "clusters are started by the launcher: call ./reprise of the source tree, not the program itself");
    }
  }
}
