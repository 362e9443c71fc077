package dev.reprise.cli.doctor;

import dev.reprise.cli.base.AlignedRows;
import dev.reprise.cli.base.AlignedRows.Column;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.OutputOption;
import dev.reprise.cli.base.SettingOptions;
import dev.reprise.config.Setting;
import dev.reprise.config.Settings;
import dev.reprise.config.UsageException;
import dev.reprise.console.JsonText;
import dev.reprise.executor.Check;
import dev.reprise.executor.Check.State;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reprise doctor}: looks at the installation and the home. */
@Command(
    name = "doctor",
    sortOptions = false,
    description = "Checks the installation and the home, and says what to do about what is wrong.",
    footerHeading = "%nExample:%n",
    footer = "  reprise doctor --show-config",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:nothing fails",
      "2:something fails",
      "4:the cluster fails",
      "6:the index is damaged"
    })
public final class DoctorCommand implements Callable<Integer> {
  private final CommandContext context;
  private ExitCode failure = ExitCode.USAGE;

  @Option(
      names = "--show-config",
      description = "show all settings, and where each was given, instead")
  private boolean showConfig;

  @Option(
      names = "--ray",
      description = "run a unit on each node of the Ray cluster, and look at what it needs there")
  private boolean ray;

  @Mixin private final OutputOption output = new OutputOption();
  @Mixin final SettingOptions options;
  @Mixin final HelpOption help = new HelpOption();

  public DoctorCommand(CommandContext context) {
    this.context = context;
    this.options = new SettingOptions(context.flags());
  }

  @Override
  public Integer call() throws IOException {
    if (showConfig) {
      showConfig(context.settings());
      return ExitCode.OK.code();
    }
    List<Check> checks = checks();
    if (output.json()) {
      context.out().println(json(checks));
    } else {
      print(checks);
    }
    if (worst(checks) != State.FAIL) {
      return ExitCode.OK.code();
    }
    return failure.code();
  }

  private List<Check> checks() throws IOException {
    InstallationChecks installation = new InstallationChecks(context);
    List<Check> checks = new ArrayList<>();
    checks.add(installation.java());
    checks.add(installation.platform());
    checks.add(installation.nativeCode());
    try {
      Settings settings = context.settings();
      settings.check();
      checks.add(Check.ok("settings", settings.summary()));
      checks.add(installation.executors(settings.text(Setting.EXECUTOR)));
      HomeChecks home = new HomeChecks(settings, context.clock());
      checks.addAll(home.all());
      if (home.damaged()) {
        failure = ExitCode.INTEGRITY;
      }
      if (ray) {
        List<Check> cluster = new EngineChecks(settings, context).of("ray");
        if (worst(cluster) == State.FAIL) {
          failure = ExitCode.CLUSTER;
        }
        checks.addAll(cluster);
      }
    } catch (UsageException e) {
      checks.add(
          Check.fail(
              "settings",
              String.valueOf(e.getMessage()),
              "correct it; what depends on settings was not checked"));
    }
    return checks;
  }

  private static State worst(List<Check> checks) {
    return checks.stream().map(Check::state).max(Comparator.naturalOrder()).orElse(State.OK);
  }

  private String json(List<Check> checks) {
    return JsonText.document()
        .text("state", worst(checks).word())
        .objects(
            "checks",
            checks,
            (json, check) ->
                json.text("name", check.name())
                    .text("state", check.state().word())
                    .text("text", context.typed(check.text()))
                    .text("way_out", context.typed(check.wayOut())))
        .end();
  }

  private void print(List<Check> checks) {
    for (Check check : checks) {
      context
          .out()
          .printf(
              "%-4s  %-9s  %s%n", check.state().word(), check.name(), context.typed(check.text()));
      if (!check.wayOut().isEmpty()) {
        context.out().printf("%17s%s%n", "", context.typed(check.wayOut()));
      }
    }
  }

  private void showConfig(Settings settings) throws IOException {
    if (output.json()) {
      context
          .out()
          .println(
              JsonText.document()
                  .objects(
                      "settings",
                      List.of(Setting.values()),
                      (json, setting) ->
                          json.text("key", setting.key())
                              .text("value", settings.shown(setting))
                              .text("source", settings.given(setting).source())
                              .text("doc", setting.doc()))
                  .end());
      return;
    }
    AlignedRows rows =
        new AlignedRows(
            context.out(),
            Column.left("SETTING"),
            Column.left("VALUE"),
            Column.left("FROM"),
            Column.left("WHAT IT IS"));
    for (Setting setting : Setting.values()) {
      rows.row(
          setting.key(), settings.shown(setting), settings.given(setting).source(), setting.doc());
    }
    rows.end();
  }
}
