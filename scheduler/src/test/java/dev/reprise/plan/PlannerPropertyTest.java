package dev.reprise.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.testing.SeededTest;
import dev.reprise.graph.Edge;
import dev.reprise.graph.Edge.FromNode;
import dev.reprise.graph.Node;
import dev.reprise.plan.PlanLab.Course;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Runs a graph again and again, between random edits of code and files, and compares with what a
 * cache may do at best and must do at least.
 */
class PlannerPropertyTest {
  @SeededTest(seeds = 100)
  void run_afterAnyEdits_executesWhatIsNewAndNothingElse(Random random) {
    RandomGraph made = RandomGraph.of(random);
    PlanLab lab = new PlanLab();
    made.elements().forEach((view, count) -> lab.elements.put(step(made, view), count));
    for (Node node : made.graph().nodes()) {
      if (node.kind() == Node.Kind.PARTS) {
        lab.elements.put(step(made, node.id()), node.parts().size());
      }
    }
    int spread = 1 + random.nextInt(4);
    lab.recipe = (course, unit) -> recipe(lab, course, unit, spread);
    for (int run = 0; run < 8; run++) {
      Set<Fingerprint> known = new HashSet<>(lab.index.hits.keySet());
      Course course = lab.course(made.graph()).run();
      check(lab, course, known);
      edit(lab, made, random);
    }
  }

  private static String step(RandomGraph made, int view) {
    return made.graph().node(made.graph().node(view).viewed()).name();
  }

  /** Few different results, so that many an edit changes nothing downstream. */
  private static String recipe(PlanLab lab, Course course, int unit, int spread) {
    String name = course.units.node(unit).name();
    Hasher hasher = Hasher.of(name).putLong(version(lab, name));
    for (Edge edge : course.units.node(unit).inputs()) {
      if (edge instanceof FromNode from) {
        for (int input : course.propagation.inputs(unit, from)) {
          hasher.putFingerprint(course.units.content(input));
        }
      }
    }
    return name + Math.floorMod(hasher.finish().hashCode(), spread);
  }

  private static int version(PlanLab lab, String step) {
    return lab.resolver.code.getOrDefault(step, Map.of("code", 0)).get("code");
  }

  private static void edit(PlanLab lab, RandomGraph made, Random random) {
    for (int edits = random.nextInt(3); edits > 0; edits--) {
      Node node = made.graph().node(random.nextInt(made.graph().nodes().size()));
      if (node.isStep()) {
        lab.resolver.code.put(node.name(), Map.of("code", random.nextInt(3)));
      } else if (node.files() != null) {
        String label = node.files().labels().get(random.nextInt(node.files().labels().size()));
        lab.contents.put(node.name() + ":" + label, "version " + random.nextInt(3));
      }
    }
  }

  private static void check(PlanLab lab, Course course, Set<Fingerprint> known) {
    UnitTable units = course.units;
    assertThat(units.open()).isZero();
    Set<Fingerprint> executed = new HashSet<>();
    for (int unit = 0; unit < units.size(); unit++) {
      if (units.outcome(unit) == Outcome.RAN) {
        executed.add(units.key(unit));
      }
    }
    for (int unit = 0; unit < units.size(); unit++) {
      if (!units.node(unit).isStep()) {
        continue;
      }
      String name = course.name(unit);
      boolean old = known.contains(units.key(unit));
      if (units.outcome(unit) == Outcome.RAN) {
        assertThat(old).as("the key of %s was known before", name).isFalse();
      } else {
        assertThat(old || executed.contains(units.key(unit))).as("%s was made", name).isTrue();
      }
      if (units.node(unit).kind() != Node.Kind.FAN_OUT) {
        assertThat(units.content(unit))
            .as("content of %s", name)
            .isEqualTo(PlanLab.content(lab.recipe.content(course, unit)));
      }
      assertThat(units.outcome(unit) == Outcome.RAN)
          .as("%s says why it ran", name)
          .isEqualTo(units.reason(unit) != null);
    }
  }
}
