"""Use cases: the decisions. They depend on the domain and on ports, on no framework or vendor."""
