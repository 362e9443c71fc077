package dev.reprise.cli.pipeline;

import dev.reprise.api.Driver.Plan;
import dev.reprise.api.Staleness;
import dev.reprise.api.Staleness.Mark;
import dev.reprise.cache.base.Text;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.console.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which steps of a plan are stale, on a screen: a line for each that is not fresh. */
final class StaleText {
  private static final int LONGEST_REASON = 200;

  private final CommandContext context;

  StaleText(CommandContext context) {
    this.context = context;
  }

  void print(Plan plan) {
    Rows rows = Rows.forSteps(plan.view().graph());
    List<Staleness> all = Staleness.of(plan);
    for (Staleness each : all) {
      if (each.mark() != Mark.FRESH) {
        String word = Rows.word(each.mark().name());
        context.out().println(rows.of(word, each.step(), columns(each)));
      }
    }
    List<String> counts = new ArrayList<>();
    for (Mark mark : Mark.values()) {
      long count = all.stream().filter(each -> each.mark() == mark).count();
      if (count > 0 || mark == Mark.STALE || mark == Mark.FRESH) {
        counts.add(count + " " + word(mark));
      }
    }
    context.out().println(String.join(" · ", counts));
  }

  private static List<String> columns(Staleness each) {
    List<String> columns = new ArrayList<>();
    if (!each.causes().isEmpty()) {
      columns.add(each.causes().stream().map(StaleText::word).collect(Collectors.joining(", ")));
    }
    columns.add(Text.safe(String.join(", ", each.because()), LONGEST_REASON));
    return columns;
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
