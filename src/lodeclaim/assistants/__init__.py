"""What assistants ask the graph for, by the Model Context Protocol: tools that read, each answer with its claims."""
