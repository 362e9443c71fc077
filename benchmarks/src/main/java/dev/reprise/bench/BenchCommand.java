package dev.reprise.bench;

import dev.reprise.bench.Catalogue.Ratio;
import dev.reprise.bench.compare.Folders;
import dev.reprise.bench.ratio.Measured;
import dev.reprise.bench.ratio.SideBySide;
import dev.reprise.cache.base.Text;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.OutputOption;
import dev.reprise.config.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise bench}: measures what Reprise costs against what it is held to. */
@Command(
    name = "bench",
    sortOptions = false,
    description = {
      "Measures Reprise against peers written to win, side by side in this process, and prints each"
          + " ratio with its spread and what it is held to.",
      "Needs some minutes, several gigabytes of disk and a machine that does nothing else: a ratio"
          + " that was measured beside other work is marked void."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reprise bench no-op barrier",
      "  reprise bench spark",
      "  reprise bench ray",
      "  reprise bench --quick --output json"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:every floor holds", "1:a floor is missed", "2:bad usage"})
public final class BenchCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME",
      completionCandidates = Names.class,
      description =
          "the ratios to measure, or 'spark' or 'ray' for all that need that (default: all that"
              + " need neither): ${COMPLETION-CANDIDATES}")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--quick",
      description = "small sizes and three pairs, to see that it works; the ratios say little")
  private boolean quick;

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      description = "where to put what is measured (default: a new temporary folder)")
  private Path folder = Path.of(System.getProperty("java.io.tmpdir"));

  @Mixin private final OutputOption output = new OutputOption();
  @Mixin final HelpOption help = new HelpOption();

  BenchCommand(CommandContext context) {
    this.context = context;
  }

  static final class Names extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    Names() {
      super(Catalogue.ALL.stream().map(ratio -> ratio.target().name()).toList());
      add(Catalogue.SPARK);
      add(Catalogue.RAY);
    }
  }

  @Override
  public Integer call() throws Exception {
    boolean json = output.json();
    List<Ratio> ratios = chosen();
    List<Measured> all = new ArrayList<>();
    BenchReport report = new BenchReport(context.out());
    if (!json) {
      report.header(Machine.here(), quick);
    }
    for (Ratio ratio : ratios) {
      Measured measured = measure(ratio);
      all.add(measured);
      if (!json) {
        report.line(measured);
      }
    }
    if (json) {
      report.json(Machine.here(), quick, all);
    } else {
      report.footer(all);
    }
    return all.stream().allMatch(Measured::holds) ? 0 : 1;
  }

  private List<Ratio> chosen() {
    List<String> known = new Names();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new UsageException(
            "there is no ratio %s%s; 'reprise bench --help' lists all"
                .formatted(Text.quote(name), Text.hint(name, known)));
      }
    }
    List<Ratio> chosen = Catalogue.named(names);
    if (!isSparkThere() && !Collections.disjoint(chosen, Catalogue.ON_SPARK)) {
      throw new UsageException(
          "there is no Spark on the class path, which %s needs; './reprise bench' adds it"
              .formatted(Text.quote(String.join(" ", names))));
    }
    return chosen;
  }

  private static boolean isSparkThere() {
    try {
      Class.forName("org.apache.spark.SparkContext", false, BenchCommand.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private Measured measure(Ratio ratio) throws Exception {
    Files.createDirectories(folder);
    Path at = Files.createTempDirectory(folder, "reprise-bench-");
    try {
      context.err().println(ratio.target().name() + ": prepares");
      return new SideBySide(quick, Ticker.system(), text -> context.err().println(text))
          .measure(ratio.target(), ratio.comparison().in(at, quick));
    } finally {
      Folders.delete(at);
    }
  }
}
