package dev.sallyport.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** One program for each layer, started when a test first wants it: starting one costs more than most tests. */
final class ProgramPerLayer implements AutoCloseable {
    private final Map<Layer, ServingProgram> programs = new EnumMap<>(Layer.class);
    private final List<String> jvmOptions;
    private final List<String> options;

    ProgramPerLayer(List<String> jvmOptions, String... options) {
        this.jvmOptions = jvmOptions;
        this.options = List.of(options);
    }

    ServingProgram get(Layer layer) throws IOException {
        ServingProgram known = programs.get(layer);
        if (known != null) {
            return known;
        }
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of("--api", layer.name()));
        ServingProgram started = ServingProgram.start(jvmOptions, all.toArray(String[]::new));
        programs.put(layer, started);
        return started;
    }

    @Override
    public void close() {
        programs.values().forEach(ServingProgram::close);
    }
}
