package dev.reprise.docs.coming;

import static dev.reprise.task.Tasks.task;

import dev.reprise.Reprise;
import dev.reprise.api.Pipeline;
import dev.reprise.task.CachePolicy;
import dev.reprise.task.NamedCache;
import java.time.Duration;

/** What a workflow of Argo's with a memoised template is here. */
public final class FromArgo {
  private FromArgo() {}

  // example
  static final NamedCache PRICES = new NamedCache("prices");

  static int price(String symbol, int day) {
    return symbol.length() * day;
  }

  static String check(int price) {
    if (price > 100) {
      throw new IllegalStateException("too dear");
    }
    return "fine";
  }

  public static void define(Pipeline.Builder p) {
    p.policy(CachePolicy.DEFAULT.withMaxAge(Duration.ofDays(1)));
    var price = task(FromArgo::price).keptIn(PRICES, "price-{symbol}-{day}");
    var prices = p.step("price", price, p.param("symbol", "GOLD"), p.param("day", 7));
    p.result("check", p.step("check", task(FromArgo::check), prices));
  }

  // end
  public static void main(String[] args) {
    Reprise.main(args, FromArgo::define);
  }
}
