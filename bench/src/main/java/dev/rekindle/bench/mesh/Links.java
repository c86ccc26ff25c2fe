package dev.rekindle.bench.mesh;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** All stretches of network between processes of the mesh; where nothing is to be struck, there are none between. */
final class Links implements AutoCloseable {
    private final List<Link> links = new CopyOnWriteArrayList<>();
    private final boolean direct;

    Links(boolean direct) {
        this.direct = direct;
    }

    /** The port by which one process reaches another, whose own port is given. */
    int through(String from, String to, int port) throws IOException {
        if (direct) {
            return port;
        }
        Link link = Link.open(from + "→" + to, port);
        links.add(link);
        return link.port();
    }

    List<Link> all() {
        return List.copyOf(links);
    }

    void mendAll() {
        links.forEach(Link::mend);
    }

    @Override
    public void close() throws IOException {
        for (Link link : links) {
            link.close();
        }
    }
}
