"""The queue of jobs, caches, locks of sessions and streams of turns, in Redis 7 or newer.

One server, or a primary with replicas; not Redis Cluster, whose scripts may not compose keys.
"""
