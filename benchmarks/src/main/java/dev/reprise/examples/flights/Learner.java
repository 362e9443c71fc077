package dev.reprise.examples.flights;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Logistic regression by LIBLINEAR. The same flights in the same order give the same weights: what
 * it draws at random begins at a fixed seed for each model.
 */
final class Learner {
  private static final double PRECISE = 0.01;
  private static final double[] LABELS = {-1, 1};

  /** Digits beyond these are noise of the iteration. */
  private static final double ROUNDED_TO = 1e6;

  private Learner() {}

  /** The weight of each feature that occurs; those that are 0 are left out. */
  static SortedMap<String, Double> weights(List<Flight> flights, Setting setting) {
    SortedMap<String, Integer> columns = new TreeMap<>();
    flights.forEach(flight -> flight.features().forEach(name -> columns.put(name, 0)));
    int next = 1;
    for (var column : columns.entrySet()) {
      column.setValue(next++);
    }
    Linear.disableDebugOutput();
    Model model = Linear.train(problem(flights, columns), parameter(setting));
    double sign = model.getLabels()[0] == LABELS[1] ? 1 : -1;
    SortedMap<String, Double> weights = new TreeMap<>();
    columns.forEach(
        (name, column) -> {
          double weight = sign * model.getFeatureWeights()[column - 1];
          double rounded = StrictMath.rint(weight * ROUNDED_TO) / ROUNDED_TO;
          if (rounded != 0) {
            weights.put(name, rounded);
          }
        });
    return weights;
  }

  private static Problem problem(List<Flight> flights, Map<String, Integer> columns) {
    Problem problem = new Problem();
    problem.l = flights.size();
    problem.n = columns.size();
    problem.bias = -1; // one hour, one weekday … of each is set: they say what a constant would
    problem.x =
        flights.stream()
            .map(
                flight ->
                    flight.features().stream()
                        .map(columns::get)
                        .sorted()
                        .map(column -> (Feature) new FeatureNode(column, 1))
                        .toArray(Feature[]::new))
            .toArray(Feature[][]::new);
    problem.y = flights.stream().mapToDouble(flight -> LABELS[flight.late() ? 1 : 0]).toArray();
    return problem;
  }

  private static Parameter parameter(Setting setting) {
    SolverType solver =
        switch (setting.penalty()) {
          case SQUARES -> SolverType.L2R_LR;
          case SIZES -> SolverType.L1R_LR;
        };
    Parameter parameter = new Parameter(solver, setting.cost(), PRECISE);
    parameter.setWeights(new double[] {setting.lateWeight()}, new int[] {1});
    return parameter;
  }
}
